package main

import (
	"bytes"
	"maps"
	"reflect"
	"slices"

	"bianmin/sync/enrol"
	"bianmin/sync/wire"
)

// keepStaff writes the technicians' accounts beside the keys when they changed; the kiosk takes them over from there.
func keepStaff(keys string, accounts []wire.Staff) error {
	known, err := enrol.LoadStaff(keys)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(known, accounts, func(a, b wire.Staff) bool {
		return a.ID == b.ID && a.Name == b.Name && bytes.Equal(a.Hash, b.Hash) && bytes.Equal(a.Salt, b.Salt)
	})
	if same {
		return nil
	}
	return enrol.SaveStaff(keys, accounts)
}

// keepAgents does the same with the accounts of the desk's people.
func keepAgents(keys string, accounts []wire.Agent) error {
	known, err := enrol.LoadAgents(keys)
	if err != nil {
		return err
	}
	if known != nil && slices.EqualFunc(known, accounts, func(a, b wire.Agent) bool { return reflect.DeepEqual(a, b) }) {
		return nil
	}
	return enrol.SaveAgents(keys, accounts)
}

// keepEvaluations writes beside the keys how the point's cases were rated, when that changed.
func keepEvaluations(keys string, evaluations wire.Evaluations) error {
	known, err := enrol.LoadEvaluations(keys)
	if err != nil {
		return err
	}
	if known.Given == evaluations.Given && maps.Equal(known.Levels, evaluations.Levels) {
		return nil
	}
	return enrol.SaveEvaluations(keys, evaluations)
}
