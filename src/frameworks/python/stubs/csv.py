"""The csv module: writers make a text of each cell."""


class writer:
    def __init__(self, file, *arguments, **keywords):
        self.file = file

    def writerow(self, row):
        for cell in row:
            text_of(cell)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)


class DictWriter(writer):
    def writeheader(self):
        pass

    def writerow(self, row):
        for cell in row.values():
            text_of(cell)
