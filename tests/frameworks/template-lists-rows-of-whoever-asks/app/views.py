from django.shortcuts import render


def account(request):
    return render(request, "app/account.html")
