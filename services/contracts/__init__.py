"""What other systems may rely on: JSON Schemas and an AsyncAPI document, made from the code."""
