import os
def broken(a b):
    kept(1)
x = = 1
if y z:
    kept(2)
call(1,
def after():
    kept(3)
x = "no end
    stray(4)
class Whole:
    def ok(self): return 1
    def bad(self: return 1
    def good(self): return 2
x = f"{a b}"
x = '''never closed
kept(5)
