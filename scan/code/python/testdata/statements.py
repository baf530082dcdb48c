#!/usr/bin/env python3
import os.path as path, sys
from ..shop.cart import (basket as b, order)
from shop import *

@cached
@app.get("/items/<int:key>", methods=["GET"])
async def item(key, /, depth: int = 1, *rest, flat=False, **options) -> dict[str, int]:
    """Shows an item."""
    global hits; nonlocal_count = 0
    if key < 1 <= depth: return
    elif not key: pass
    else:
        raise KeyError(key) from None
    while running:
        continue
    else:
        del rest[0], options
    async for row, in rows: break
    assert key, "no key"

class Shop(Base, metaclass=Meta):
    total: int
    name: str = "shop"
    first = second = None
    total += 1

try:
    with open(a) as f, lock:
        yield f
    with (open(a) as f, lock):
        pass
except (OSError, ValueError) as e:
    pass
except:
    pass
else:
    pass
finally:
    pass

match command.split():
    case ["go", ("north" | "south") as way, *_] if ready:
        go(way)
    case Point(x=0, y=-1) | {"kind": "point", **more}:
        pass
    case _:
        pass

type Row[T: int, *Ts] = list[T]
def first[T](items: list[T]): ...
