"""Files of answers as other programs wrote them: cells, nothing interpreted."""
