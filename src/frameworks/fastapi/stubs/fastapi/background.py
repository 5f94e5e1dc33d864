"""fastapi.background: what is to run after the response."""

from fastapi import BackgroundTasks
