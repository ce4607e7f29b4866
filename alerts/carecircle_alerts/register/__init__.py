"""The register: accounts, people, beds, providers and consents as administrators keep them, under the desk's role."""
