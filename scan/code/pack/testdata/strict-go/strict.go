package samples

import (
	"os"
	"unsafe"
)

func bits(number *int) {
	// ruleid: go-unsafe
	use(unsafe.Pointer(number))
	// ok: go-unsafe
	use(unsafe.Sizeof(*number))
}

func files(name string) error {
	// ruleid: go-error-ignored
	os.Remove(name)
	// ruleid: go-error-ignored
	data, _ := os.ReadFile(name)
	use(data)
	// ok: go-error-ignored
	if err := os.Remove(name); err != nil {
		return err
	}
	// ok: go-error-ignored
	return os.Chmod(name, 0o600)
}

func addresses(list []int) {
	for _, each := range list {
		// ruleid: go-loop-variable-address
		use(&each)
	}
	for _, each := range list {
		each := each
		// ok: go-loop-variable-address
		use(&each)
	}
}

func narrow(wide int64, small int8) {
	// ruleid: go-integer-conversion
	use(int32(wide))
	// ok: go-integer-conversion
	use(int64(small))
	if wide < 100 {
		// ok: go-integer-conversion
		use(int32(wide))
	}
}
