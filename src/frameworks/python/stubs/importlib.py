"""The importlib module: a module by its name."""


def import_module(name, package=None):
    return module_named(name)
