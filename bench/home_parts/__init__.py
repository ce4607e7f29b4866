"""Parts of the bench of the home side, one module for each thing that is measured."""
