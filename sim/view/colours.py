"""Okabe and Ito's colours, which the colour-blind can tell apart, in an order that also reads from light to dark."""

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#D55E00", "#0072B2", "#CC79A7", "#000000")
