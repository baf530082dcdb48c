x = a.b[1:2, ::3](c, *d, k=e, **f)[g]
x = not a or b and c not in d is not e
x = -a ** -b + (c, ) * ~d @ e // f
x = a if b else lambda y, *z: y
x = [i for i in a if i if not j for k in b], {k: v for k, v in c}, (i async for i in d), f(i for i in e)
x = {"a": 1, **b}, {1, *c}, {}, (), []
x = "a" 'b\n' r"\n" """c"""
x = b"\x00", 0x_ff, 1_000.50, 2j, True, None, ...
x = f"a{b!r:>{width}}{{c}}" "d" rf'\{e}' f"{f'{g}'}" f"{h=}"
x = (y := await z), (yield), (yield from g())
x = (a)(b).c
