//! Frameworks and libraries: stubs in Python, interpreted like the project's own code.
