"""What every workbook that is handed out is written with."""

# A text stays a text: nothing in a cell becomes a formula, a link or a number on its own.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
