"""What happens in case finding. One module per noun; every function keyword-only, ``by=`` the member who acts."""
