"""The logging module: what is logged at the default level becomes text."""


class Logger:
    def debug(self, message, *arguments, **keywords):
        pass

    def info(self, message, *arguments, **keywords):
        pass

    def warning(self, message, *arguments, **keywords):
        for argument in arguments:
            text_of(argument)

    def error(self, message, *arguments, **keywords):
        self.warning(message, *arguments)

    def exception(self, message, *arguments, **keywords):
        self.warning(message, *arguments)

    def critical(self, message, *arguments, **keywords):
        self.warning(message, *arguments)


def getLogger(name=None):
    return Logger()
