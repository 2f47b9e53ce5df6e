"""Image models: loading one, what it declares and gives, and running it on images."""
