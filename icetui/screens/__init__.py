"""Full screens: the list, an opened job, a chooser, texts to read."""
