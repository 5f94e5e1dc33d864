print "hello"


def shout(text):
    print text


def unpack((a, b)):
    return a


def modern():
    print("hello")
