package journey

import (
	"slices"

	"bianmin/core/form"
)

// table is the row of a table field that is being edited.
type table struct {
	row    int    // from 1; 0 shows the list of rows
	column string // the column being asked
	before any    // the rows before this one was begun
}

// tableField is the table that is shown, when one is.
func (m *machine) tableField() (form.Field, bool) {
	if m.screen != Question || m.draft.table.row > 0 {
		return form.Field{}, false
	}
	field := m.draft.field()
	return field, field.Kind == form.KindTable && !m.draft.checked.Locked(field.Name, m.draft.env)
}

func (d *draft) rows() []any {
	rows, _ := d.values[d.at].([]any)
	return rows
}

// cells are the values of one row, counted from 1.
func (d *draft) cells(row int) map[string]any {
	rows := d.rows()
	if row < 1 || row > len(rows) {
		return nil
	}
	cells, _ := rows[row-1].(map[string]any)
	return cells
}

// columns are the columns asked in the row being edited.
func (d *draft) columns() []form.Field {
	return d.checked.VisibleColumns(d.at, d.cells(d.table.row))
}

// beginRow edits a row; 0 begins a new one.
func (m *machine) beginRow(row int) {
	field, ok := m.tableField()
	if !ok {
		return
	}
	d := m.draft
	rows := d.rows()
	if row == 0 {
		row = len(rows) + 1
	}
	if row < 1 || row > len(rows)+1 || row > field.MaxRows {
		return
	}
	columns := d.checked.VisibleColumns(d.at, d.cells(row))
	if len(columns) == 0 {
		return
	}
	before := d.values[d.at]
	if row > len(rows) && !d.put(append(slices.Clone(rows), map[string]any{})) {
		return
	}
	d.table = table{row: row, before: before}
	m.askColumn(columns[0].Name)
}

func (m *machine) askColumn(name string) {
	d := m.draft
	d.table.column, d.raw = name, nil
	d.regions = d.regionPath()
}

func (m *machine) removeRow(row int) {
	if _, ok := m.tableField(); !ok {
		return
	}
	d := m.draft
	rows := slices.Clone(d.rows())
	if row < 1 || row > len(rows) {
		return
	}
	rows = slices.Delete(rows, row-1, row)
	if len(rows) == 0 {
		d.put(nil)
		return
	}
	d.put(rows)
}

func (d *draft) lastColumn() bool {
	columns := d.columns()
	return len(columns) > 0 && columns[len(columns)-1].Name == d.table.column
}

func (m *machine) onwardColumn() {
	d := m.draft
	columns := d.columns()
	at := slices.IndexFunc(columns, func(f form.Field) bool { return f.Name == d.table.column })
	if at+1 < len(columns) {
		m.askColumn(columns[at+1].Name)
		return
	}
	if len(d.cells(d.table.row)) == 0 { // nothing was filled in: there is no such row
		m.undoRow()
		return
	}
	m.closeRow()
}

// backColumn goes to the column before; out of the first one the row is as it was.
func (m *machine) backColumn() {
	d := m.draft
	columns := d.columns()
	at := slices.IndexFunc(columns, func(f form.Field) bool { return f.Name == d.table.column })
	if at > 0 {
		m.askColumn(columns[at-1].Name)
		return
	}
	m.undoRow()
}

// undoRow takes back what was done to the row since it was opened.
func (m *machine) undoRow() {
	d := m.draft
	before := d.table.before
	d.table = table{}
	d.put(before)
	m.closeRow()
}

// closeRow shows the list of rows again.
func (m *machine) closeRow() {
	m.draft.table, m.draft.raw, m.draft.regions = table{}, nil, nil
}
