"""The sample data of `make demo`: a real province's tree of units, everything else invented.

The names of the communes are those of Đồng Tháp province since 1 July 2025 (Resolution
1663/NQ-UBTVQH15); headcounts, people and results are drawn from a fixed seed and belong to nobody.
"""

from contest.demo.seeding import seed

__all__ = ["seed"]
