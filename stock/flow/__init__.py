"""What came, went and stood, month by month, product by product, place by place."""
