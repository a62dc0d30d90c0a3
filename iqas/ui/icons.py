"""Line icons on a 24-unit square, drawn inline so that they take the colour of the text and need no request."""

from __future__ import annotations

ICONS = {
    "check": "M4 12.5l5.5 5.5L20 6.5",
    "partly": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 3v18",
    "cross": "M5.5 5.5l13 13M18.5 5.5l-13 13",
    "dash": "M5 12h14",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 7v5l3.5 2.5",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "user": "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.5 15.5L21 21",
    "filter": "M4 5h16l-6.5 8v6l-3 1.5V13z",
    "download": "M12 4v11M7 10.5l5 5l5-5M4 20h16",
    "upload": "M12 16V5M7 9.5l5-5l5 5M4 20h16",
    "print": "M7 9V4h10v5M7 16H4V9h16v7h-3M7 13.5h10V20H7z",
    "link": "M10 14l4-4M8.5 11.5L6 14a3 3 0 0 0 4.2 4.2l2.3-2.3M15.5 12.5L18 10a3 3 0 0 0-4.2-4.2l-2.3 2.3",
    "chevron": "M9 5l7 7l-7 7",
    "plus": "M12 5v14M5 12h14",
    "edit": "M4 20l1-4.5L16.5 4L20 7.5L8.5 19z",
    "warning": "M12 4L22 20H2zM12 10v5M12 17.5v.5",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 11v6M12 7.5v.5",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
    "flag": "M6 21V4h11l-2 4l2 4H6",
    "chart": "M4 4v16h16M8.5 16v-5M13 16V7M17.5 16v-7",
    "home": "M4 11.5L12 4l8 7.5M6.5 10v10h11V10",
    "menu": "M4 6.5h16M4 12h16M4 17.5h16",
    "book": "M5 4h10.5a2.5 2.5 0 0 1 2.5 2.5V20H7.5A2.5 2.5 0 0 1 5 17.5zM5 17.5A2.5 2.5 0 0 1 7.5 15H18",
    "shield": "M12 3l8 3v6c0 5-3.5 7.5-8 9c-4.5-1.5-8-4-8-9V6zM8.5 12l2.5 2.5l4.5-5",
    "gear": "M12 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21"
    "M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8",
    "people": "M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7zM2.5 20c.8-3.6 3.3-5 6.5-5s5.7 1.4 6.5 5"
    "M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 15.3c2.2.5 3.5 2 4 4.7",
    "globe": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9"
    "c-3-3-3.5-6-3.5-9s.5-6 3.5-9z",
    "grid": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "steps": "M4 20v-4.5h5.5V11H15V6.5h5V20z",
    "exit": "M14 4H5v16h9M10 12h11M17 8l4 4l-4 4",
}

# The four IQAS dimensions: ground, letter colour and shape; told apart without colour.
MARKS = {
    "A": ("#10606D", "#FFFFFF", "M2 2h20v20H2z"),
    "B": ("#CC790F", "#16282C", "M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z"),
    "C": ("#5A1834", "#FFFFFF", "M12 1L24 22.5H0z"),
    "D": ("#417ED4", "#FFFFFF", "M12 0L24 12L12 24L0 12z"),
}
