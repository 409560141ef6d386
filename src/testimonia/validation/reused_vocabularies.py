"""Terms of the reused vocabularies that rdflib does not know completely."""

from __future__ import annotations

from typing import Final

from testimonia.namespaces import PREFIXES

__all__ = ["REUSED"]

REUSED: Final[dict[str, frozenset[str]]] = {
    # Web Annotation Vocabulary, W3C Recommendation: https://www.w3.org/TR/annotation-vocab/
    PREFIXES["oa"]: frozenset(
        """
        Annotation Choice CssSelector CssStyle DataPositionSelector Direction FragmentSelector
        HttpRequestState Motivation PreferContainedDescriptions PreferContainedIRIs RangeSelector
        ResourceSelection Selector SpecificResource State Style SvgSelector TextPositionSelector
        TextQuoteSelector TextualBody TimeState XPathSelector annotationService assessing bodyValue
        bookmarking cachedSource canonical classifying commenting describing editing end exact
        hasBody hasEndSelector hasPurpose hasScope hasSelector hasSource hasStartSelector hasState
        hasTarget highlighting identifying linking ltrDirection moderating motivatedBy prefix
        processingLanguage questioning refinedBy renderedVia replying rtlDirection sourceDate
        sourceDateEnd sourceDateStart start styleClass styledBy suffix tagging textDirection via
        """.split()  # noqa: SIM905
    ),
}
"""The local names of each vocabulary, by namespace."""
