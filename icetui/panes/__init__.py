"""What is drawn: widgets, and the pure models behind them. Panes are given values; they ask for none."""
