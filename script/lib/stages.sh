# shellcheck shell=bash
# Stages of script/test: each runs, says how it ended and how long it took, and adds to the totals.
# Needs say.sh.
# shellcheck disable=SC2034 # STAGE_STATUS is for those who source this

PASSED=0 FAILED=0 SKIPPED=0
STAGE_LINES=()

# No stage may take longer than this many seconds; something that hangs must not take the whole run with it.
readonly STAGE_LIMIT=${STAGE_LIMIT:-2700}

# Notes how a stage ended. $1 = name, $2 = what to say.
stage_ended() {
    local line
    line=$(printf '%-34s %s' "$1" "$2")
    STAGE_LINES+=("$line")
    say "$line"
}

# A stage that cannot run here: $1 = name, $2 = why. Counts as one skipped.
stage_skipped() {
    SKIPPED=$((SKIPPED + 1))
    stage_ended "$1" "skipped: $2"
}

# Runs a stage and counts its tests. $1 = name, $2 = how its output is counted (check, cargo or pytest), then the command.
# The output is shown and kept in $LOGS. Sets STAGE_STATUS to the command's.
stage() {
    local name=$1 kind=$2 began=$SECONDS status=0 log passed failed skipped
    shift 2
    log=$LOGS/${name//[^A-Za-z0-9.]/-}
    rm -f "$log.xml"
    say "$name ..."
    JUNIT=$log.xml "$@" 2>&1 </dev/null | tee "$log.log" || status=${PIPESTATUS[0]}
    read -r passed failed skipped < <("count_$kind" "$log" "$status")
    STAGE_STATUS=$status
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
    stage_ended "$name" "$passed passed, $failed failed, $skipped skipped ($((SECONDS - began)) s)"
}

# A command without a count of its own is one test.
count_check() { if [ "$2" = 0 ]; then echo 1 0 0; else echo 0 1 0; fi; }

# Adds up cargo's "test result:" lines. A run that failed without a failed test (it did not compile) counts as one.
count_cargo() {
    awk -v status="$2" '
        /^test result:/ { for (i = 1; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1); if ($i ~ /^ignored/) s += $(i-1) } }
        END { if (status != 0 && f == 0) f = 1; print p + 0, f + 0, s + 0 }' "$1.log"
}

# Reads the counts that pytest left in its XML file. No test collected (exit 5) is one skipped.
count_pytest() {
    local tests errors failures skipped
    if [ "$2" = 5 ]; then
        echo 0 0 1
    elif [ ! -s "$1.xml" ]; then
        echo 0 1 0
    else
        tests=$(junit_count "$1.xml" tests) errors=$(junit_count "$1.xml" errors)
        failures=$(junit_count "$1.xml" failures) skipped=$(junit_count "$1.xml" skipped)
        failures=$((failures + errors))
        [ "$2" = 0 ] || [ "$failures" != 0 ] || failures=1
        tests=$((tests - failures - skipped))
        echo $((tests < 0 ? 0 : tests)) "$failures" "$skipped"
    fi
}

# One of the numbers of the <testsuite> in a JUnit file.
junit_count() { grep -o '<testsuite [^>]*>' "$1" | head -n 1 | grep -o " $2=\"[0-9]*\"" | tr -dc 0-9 || echo 0; }

# The last lines: every stage, then the totals. Ends the script.
totals() {
    say "all stages:"
    local line
    for line in ${STAGE_LINES[@]+"${STAGE_LINES[@]}"}; do say_more "$line"; done
    printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
    [ "$FAILED" = 0 ] && [ "$PASSED" != 0 ]
    exit
}
