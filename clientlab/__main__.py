"""`python -m clientlab`: the same as the command `clientlab`."""

from clientlab.cli import main

if __name__ == "__main__":
    main()
