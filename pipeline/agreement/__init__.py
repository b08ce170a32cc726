"""Agreement of coders: coefficients corrected for chance, intervals by document, spans, and who is set beside whom."""
