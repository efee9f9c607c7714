"""Section 6 of the Law School Admission Test: 1,000 people, five questions (Bock, Lieberman 1970).

Its item analysis is printed by R's ltm (Rizopoulos 2006), `descript(LSAT)`; computed anew by pingouin 0.7.0, scipy
1.17.1 and numpy 2.4.6, whose figures the tests quote.
"""

PATTERNS = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4, "01000": 1,
    "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15, "10000": 10, "10001": 29, "10010": 14, "10011": 81,
    "10100": 3, "10101": 28, "10110": 15, "10111": 80, "11000": 16, "11001": 56, "11010": 21, "11011": 173,
    "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}
ROWS = [pattern for pattern, times in PATTERNS.items() for _ in range(times)]
PAPERS = {f"{number:04}": {f"q{place}": 100 * int(digit) for place, digit in enumerate(row, 1)}
          for number, row in enumerate(ROWS)}
