-- POSTs the file that is named behind `--`, if one is; prints what wrk measured as one line of JSON, so that nobody has to
-- read wrk's table.
init = function(arguments)
    if arguments[1] then
        local file = assert(io.open(arguments[1], "rb"))
        wrk.method, wrk.body = "POST", file:read("*a")
        wrk.headers["Content-Type"] = "application/json"
        file:close()
    end
end

done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "p50_us": %d, "p99_us": %d, "max_us": %d, "failed": %d, "lost": %d}\n',
        summary.requests, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99), latency.max,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
