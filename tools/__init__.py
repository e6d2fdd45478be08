"""What starts and checks the project; the site itself imports none of it."""
