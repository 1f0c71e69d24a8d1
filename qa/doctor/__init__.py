"""The doctor: is everything as it must always be, in the database and in the installation?"""
