"""How answers become points, ranks and rates: pure rules, standard library only."""
