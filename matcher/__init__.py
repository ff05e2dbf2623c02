"""Pure matching: values in, values out; the same input and seed give the same answer."""
