"""What the stock is worth: moving average, money that sleeps, money that was missed."""
