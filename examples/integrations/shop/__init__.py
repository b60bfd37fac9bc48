"""A tea shop on Flask. descentd learns from its orders, each night, how long parcels take.

flask --app shop run       the shop
flask --app shop retrain   for cron: sends the orders that have arrived, and asks for a model
flask --app shop seed      orders of a year, the same each time, for a first try
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from flask import Flask, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from . import forecast, models, orders, training
from .hooks import bad_signature
from .store import Store


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The shop by its settings: SHOP_DATABASE, SHOP_URL and SHOP_WEBHOOK_SECRET."""
    app = Flask(__name__)
    app.logger.setLevel("INFO")
    app.config["STORE"] = Store(Path(environ.get("SHOP_DATABASE", "shop.db")))
    app.config["HOOK"] = environ.get("SHOP_URL", "http://127.0.0.1:5000") + "/hooks/descentd"
    app.config["SECRET"] = environ.get("SHOP_WEBHOOK_SECRET", "")
    app.add_url_rule("/", view_func=front)
    app.add_url_rule("/orders", view_func=buy, methods=["POST"])
    app.add_url_rule("/orders/<int:number>", view_func=order)
    app.add_url_rule("/hooks/descentd", view_func=told, methods=["POST"])
    for command in (retrain, seed, arrived):
        app.cli.command()(command)
    return app


def store() -> Store:
    """The database of the shop that this request or command is for."""
    found: Store = current_app.config["STORE"]
    return found


def front() -> str:
    """Everything there is to buy."""
    return render_template("front.html", teas=orders.TEAS, regions=orders.REGIONS)


def buy() -> Response:
    try:
        parcel = orders.Parcel(
            tea=request.form["tea"],
            boxes=int(request.form["boxes"]),
            region=request.form["region"],
            is_express="express" in request.form,
            sent_on=date.today(),  # noqa: DTZ011 - the day in the shop's own town
        )
    except ValueError as fault:
        abort(400, str(fault))
    with store().writing() as database:
        number = orders.add(database, parcel)
    return redirect(url_for("order", number=number), 303)


def order(number: int) -> str:
    """One order, and when it should arrive: told here, without asking anybody."""
    with store().reading() as database:
        parcel = orders.get(database, number)
        model = models.latest(database)
    if parcel is None:
        abort(404)
    days = None if model is None else forecast.days(model, parcel)
    return render_template("order.html", number=number, parcel=parcel, days=days)


def told() -> tuple[str, int]:
    """The webhook. Whatever fails here is told again later; whatever is told twice is done once."""
    fault = bad_signature(current_app.config["SECRET"], request.headers, request.get_data())
    if fault:
        abort(400, fault)
    taken = training.take(store(), request.headers["webhook-id"], request.get_json())
    current_app.logger.info(taken)
    return "", 204


def retrain() -> None:
    """Send all orders that have arrived, and ask for a model of them."""
    job = training.submit(store(), current_app.config["HOOK"], current_app.config["SECRET"])
    click.echo(f"{job.id} is {job.status}")


def seed() -> None:
    """Fill an empty shop with the orders of a year, the same each time."""
    with store().writing() as database:
        click.echo(f"{orders.seed(database)} orders")


@click.argument("number", type=int)
@click.argument("days", type=int)
def arrived(number: int, days: int) -> None:
    """Note that order NUMBER arrived DAYS days after it was sent: the next night learns from it."""
    with store().writing() as database:
        if not orders.arrived(database, number, days):
            raise click.ClickException(f"there is no order {number}")
