"""How the site is built: `sphinx-build -W -b html docs outputs/site`.

Markdown pages by MyST, the notebooks with the outputs they were committed with, the reference from
docstrings, settings and commands. Nothing is loaded from outside the site.
"""

import sys
from importlib.metadata import version as package_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "taxonomy"
author = "the authors of taxonomy"
project_copyright = "the authors of taxonomy"
release = package_version("bottom-up-taxonomy")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "docstrings",
    "command_reference",
    "settings_reference",
]
exclude_patterns = [
    "extensions/**",
    "notebooks/README.md",
    "notebooks/outputs/**",
    "**/.ipynb_checkpoints/**",
]

# Markdown and notebooks
myst_enable_extensions = ["deflist", "attrs_block"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True

smartquotes = False  # "--json" is to be copied as it stands

# Reference
default_role = "code"  # in our docstrings a name in backquotes is code
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_attr_annotations = False
toc_object_entries = False
suppress_warnings = ["config.cache"]

# Pages
html_theme = "furo"
html_title = f"taxonomy {release}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_use_index = True
html_theme_options = {"navigation_with_keys": True}
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True
