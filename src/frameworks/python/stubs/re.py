"""The re module: replacement functions are called for each match."""


class Pattern:
    def sub(self, replacement, string, count=0):
        for match in string:
            replacement(matched())
        return ""

    def subn(self, replacement, string, count=0):
        return self.sub(replacement, string), 0


def compile(pattern, flags=0):
    return Pattern()


def sub(pattern, replacement, string, count=0, flags=0):
    return Pattern().sub(replacement, string)
