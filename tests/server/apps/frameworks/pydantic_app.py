"""A JSON service whose input pydantic checks: its core is an extension module that wants the main interpreter."""

import flask
import pydantic
from where import where

application = flask.Flask(__name__)


class Order(pydantic.BaseModel):
    """What a client may send."""

    article: str
    count: pydantic.PositiveInt


@application.get("/where")
def tell():
    """Who answers."""
    return where(flask.request.environ)


@application.post("/order")
def order():
    """The order as it was understood, or what is wrong with it."""
    try:
        return Order.model_validate_json(flask.request.get_data()).model_dump()
    except pydantic.ValidationError as error:
        return {"wrong": [entry["loc"][0] for entry in error.errors()]}, 422
