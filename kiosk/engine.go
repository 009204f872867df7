package main

import "bianmin/ui"

func (k *kiosk) engine() ui.Engine { return nil }
