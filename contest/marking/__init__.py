"""Essays are marked: rubrics, blind codes, two markers, a third where they are apart."""
