"""What the readers of formats share: folders, tables as text, columns as labels, images."""
