package manifest

import "github.com/sluice-scan/sluice/scan/sca/manifest/document"

// Formats returns the names of all formats, in order.
func Formats() []string {
	var names []string
	for i := range formats {
		names = append(names, formats[i].Name)
	}
	return names
}

// ReadAs reads a file as the format with that number, whatever the file's name.
func ReadAs(format int, name string, data []byte) (*document.Document, error) {
	return readFormat(&formats[format], name, data)
}
