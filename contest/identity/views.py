"""Sign-in and the pages about people and units."""

from flask import Blueprint

blueprint = Blueprint("identity", __name__)
