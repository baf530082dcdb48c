print "a", b
print >>sys.stderr, "c"
exec code in names
raise ValueError, "no"
try:
    pass
except IOError, e:
    print
x = `y` <> 0777 or 10L
def f(a, (b, c)): return ur"d"
x = [y for y in 1, 2]
async = await
x = 1if y else 0
