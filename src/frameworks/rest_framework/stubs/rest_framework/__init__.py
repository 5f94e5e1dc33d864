"""Django REST framework: serializers read rows, views make them."""
