from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics, serializers

from .filters import ProductFilter
from .models import Product


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["id", "name"]


class Products(generics.ListAPIView):
    queryset = Product.objects.order_by("name")
    serializer_class = ProductSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = ProductFilter
