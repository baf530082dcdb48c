package server

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"

	"github.com/sluice-scan/sluice/internal/server/operations"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// schemas makes the schemas of requests and answers from their Go types, each once and by name.
type schemas struct {
	list openapi3.Schemas
	make *openapi3gen.Generator
}

func newSchemas() *schemas {
	return &schemas{
		list: openapi3.Schemas{},
		make: openapi3gen.NewGenerator(
			openapi3gen.CreateComponentSchemas(openapi3gen.ExportComponentSchemasOptions{ExportComponentSchemas: true, ExportTopLevelSchema: true}),
			openapi3gen.CreateTypeNameGenerator(schemaName),
			openapi3gen.SchemaCustomizer(customize),
		),
	}
}

// of returns the schema of a value's type. The types are our own, so a type that cannot be described is a bug.
func (s *schemas) of(value any) *openapi3.SchemaRef {
	if _, is := value.(operations.SettingsWire); is {
		return s.settings()
	}
	schema, err := s.make.NewSchemaRefForValue(value, s.list)
	if err != nil {
		panic(fmt.Sprintf("the type %T cannot be described: %v", value, err))
	}
	return schema
}

// page returns the schema of a page of entries, in Bitbucket's format.
func (s *schemas) page(entry *openapi3.SchemaRef) *openapi3.SchemaRef {
	values := openapi3.NewArraySchema()
	values.Items = entry
	next := openapi3.NewIntegerSchema().WithNullable()
	next.Description = "Where the next page starts; null on the last page."
	schema := openapi3.NewObjectSchema().WithProperties(map[string]*openapi3.Schema{
		"size": openapi3.NewIntegerSchema(), "limit": openapi3.NewIntegerSchema(), "start": openapi3.NewIntegerSchema(),
		"isLastPage": openapi3.NewBoolSchema(), "values": values, "nextPageStart": next,
	})
	schema.Required = []string{"size", "limit", "start", "isLastPage", "values", "nextPageStart"}
	name := "PageOf" + strings.TrimPrefix(entry.Ref, componentPath)
	s.list[name] = schema.NewRef()
	return openapi3.NewSchemaRef(componentPath+name, schema)
}

const componentPath = "#/components/schemas/"

// settings describes the settings. A body may contain some of them.
func (s *schemas) settings() *openapi3.SchemaRef {
	const name = "Settings"
	if s.list[name] == nil {
		schema := openapi3.NewObjectSchema()
		for _, k := range settings.KnownSettings {
			of := openapi3.NewStringSchema()
			switch k.Kind {
			case settings.KindBool:
				of = openapi3.NewBoolSchema()
			case settings.KindInt:
				of = openapi3.NewIntegerSchema()
			case settings.KindList:
				of = openapi3.NewArraySchema().WithItems(of)
			}
			of.Description = k.Meaning
			schema.WithProperty(k.Name, of)
		}
		s.list[name] = schema.NewRef()
	}
	return openapi3.NewSchemaRef(componentPath+name, s.list[name].Value)
}

// schemaName is the name of a type without its Go suffix, capitalized: projectWire becomes Project.
func schemaName(t reflect.Type) string {
	name := t.Name()
	for _, suffix := range []string{"Wire", "Body"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// enums are the values of types that JSON writes as words.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[status.Status]():  wordsUpTo(status.Outdated),
	reflect.TypeFor[queue.State]():    wordsUpTo(queue.Dropped),
	reflect.TypeFor[findings.State](): wordsUpTo(findings.Fixed),
	reflect.TypeFor[scan.Severity]():  {"CRITICAL", "HIGH", "MEDIUM", "LOW"},
}

// wordsUpTo returns the words of a type's values from 0 to the last one.
func wordsUpTo[T interface {
	~int
	fmt.Stringer
}](last T) (list []any) {
	for v := T(0); v <= last; v++ {
		list = append(list, v.String())
	}
	return list
}

// customize adds to a schema what its Go type does not express: words instead of numbers, which fields an answer always
// has, and the meaning of a field (its tag "doc").
func customize(_ string, t reflect.Type, tag reflect.StructTag, schema *openapi3.Schema) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if list, is := enums[t]; is {
		*schema = openapi3.Schema{Type: &openapi3.Types{openapi3.TypeString}, Nullable: schema.Nullable, Enum: list}
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		*schema = openapi3.Schema{Nullable: true}
	}
	if t.Kind() == reflect.Struct && len(schema.Properties) > 0 {
		schema.Required = required(t)
		allowNull(t, schema)
	}
	if doc := tag.Get("doc"); doc != "" {
		schema.Description = doc
	}
	return nil
}

// required returns the fields of a type that its JSON always has, ordered by name.
func required(t reflect.Type) (fields []string) {
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && options != "omitempty" && len(f.Index) <= 2 {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return fields
}

// allowNull lets fields be null that are pointers to structs and are always written. OpenAPI 3.0 ignores "nullable"
// beside a reference, so the reference moves into an "allOf".
func allowNull(t reflect.Type, schema *openapi3.Schema) {
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct && options != "omitempty" && schema.Properties[name] != nil {
			schema.Properties[name] = openapi3.NewAllOfSchema().WithNullable().NewRef()
			schema.Properties[name].Value.AllOf = openapi3.SchemaRefs{openapi3.NewSchemaRef(componentPath+schemaName(f.Type.Elem()), nil)}
		}
	}
}
