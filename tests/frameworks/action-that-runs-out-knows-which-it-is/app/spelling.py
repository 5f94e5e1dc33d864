"""A text that is spelled out by more calls than a walk of one request makes."""


def spell_0(text):
    return [spell_1(text), spell_1(text), spell_1(text), spell_1(text), spell_1(text)]


def spell_1(text):
    return [spell_2(text), spell_2(text), spell_2(text), spell_2(text), spell_2(text)]


def spell_2(text):
    return [spell_3(text), spell_3(text), spell_3(text), spell_3(text), spell_3(text)]


def spell_3(text):
    return [spell_4(text), spell_4(text), spell_4(text), spell_4(text), spell_4(text)]


def spell_4(text):
    return [spell_5(text), spell_5(text), spell_5(text), spell_5(text), spell_5(text)]


def spell_5(text):
    return [spell_6(text), spell_6(text), spell_6(text), spell_6(text), spell_6(text)]


def spell_6(text):
    return [spell_7(text), spell_7(text), spell_7(text), spell_7(text), spell_7(text)]


def spell_7(text):
    return [str(text), str(text), str(text), str(text), str(text)]
