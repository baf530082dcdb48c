// Package python reads the files of pip, Poetry, PDM, uv, Pipenv, setuptools and conda, and applies constraints files to
// requirements.
package python
