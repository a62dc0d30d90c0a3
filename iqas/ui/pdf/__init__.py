"""HTML in, one file out that is PDF/A-3a and PDF/UA-1, with vendored fonts only; and the lint that releases it.

`engine` prints, `typeface` knows the fonts, `prose` tames what people wrote, `lint` refuses what is not fit to be given
out. What a document says is the business of the app that makes it.
"""
