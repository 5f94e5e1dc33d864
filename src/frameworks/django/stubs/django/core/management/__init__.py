"""django.core.management: a command of the project that code calls by its name. What its parser makes of the arguments is not known."""


def call_command(command_name, *args, **options):
    module = module_ending("management.commands", command_name)
    if module is None:
        return anything()(*args)
    command = module.Command()
    return command.handle(*args, **anything())
