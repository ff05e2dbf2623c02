"""Another process that answers what pages ask, as a test decides."""

from pydantic import BaseModel

from services.kit.asking import NoAnswer


class Answering:
    """One answer for each kind that is asked for; the questions are kept."""

    connected = True

    def __init__(self, *answers: BaseModel) -> None:
        self.answers = {type(answer): answer for answer in answers}
        self.asked: list[tuple[str, BaseModel]] = []

    def ask(
        self, subject: str, question: BaseModel, kind: type[BaseModel], _timeout_s: float = 1.0
    ):
        self.asked.append((subject, question))
        if kind not in self.answers:
            raise NoAnswer(subject)
        return self.answers[kind]
