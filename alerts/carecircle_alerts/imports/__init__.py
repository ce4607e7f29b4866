"""Imports: tables of spreadsheet programs, read with care, compared with the register, and written as a whole."""
